"""Reading certification: frozen values for pages, scoped to who asks."""
