"""Who signs in: accounts, organisations, roles, second factors."""
