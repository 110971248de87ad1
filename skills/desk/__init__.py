"""Everybody's home: the public page with the targets, one's own next step, work lists, the auditor's search."""
