"""What is read of settlement: by institutions, the authority, finance and the public."""
