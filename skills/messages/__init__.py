"""What people and organisations are told: an inbox here, and a text message or mail by job."""
