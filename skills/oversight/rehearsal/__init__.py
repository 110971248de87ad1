"""The fraud rehearsal: frauds and look-alikes planted into a copy of the data, by a hand that has not read the rules."""

from skills.oversight.rehearsal.planted import LookAlike, NotPlanted, Planted, PlantedFraud, Works
from skills.oversight.rehearsal.planting import plant

__all__ = ["LookAlike", "NotPlanted", "Planted", "PlantedFraud", "Works", "plant"]
