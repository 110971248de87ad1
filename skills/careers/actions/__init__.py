"""What firms do on their board of skills."""

from skills.careers.actions import nominations, posts

__all__ = ["nominations", "posts"]
