"""The ground: acts, audit, replays, machines, clock. Knows no word of the domain."""
