"""What comes next: a person's ways to the next level, a firm's board of skills, the passport on paper."""
