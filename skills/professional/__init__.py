"""The professional side: advanced seminars, programmes of digital engineers, continuing education, the dossier of a title."""
