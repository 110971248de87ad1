"""The demo programme: the real rules and tables, synthetic people, one case at each step of the path."""
