"""What pages of supervision show, each to whom it may be shown."""
