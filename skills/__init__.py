"""满天星: training vouchers, courses, skill levels and certificates that anyone can verify."""

__version__ = "0.1.0"
