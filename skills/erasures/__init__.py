"""A person asks to be forgotten: what stands against it, what stays, and the decision of two."""
