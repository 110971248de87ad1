"""What the homes show; every figure is read from the rooms below."""
