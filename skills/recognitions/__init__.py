"""Levels that a firm gives its own people by their work: the committee, the evidence, the notice, the certificate."""
