"""What a question is, which ones make a paper, what an answer is worth (pure)."""
