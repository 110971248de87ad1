"""Pages and endpoints of training standards and of objections to them."""

from skills.training_standards.views import objections
from skills.training_standards.views.standards import FACES, MENU

__all__ = ["FACES", "MENU", "objections"]
