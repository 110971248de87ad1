"""What changes a case, a call-back and what is known of a body."""
