"""What is read of draws and inspections."""
