"""Cases, scores, and the facts that rules are asked on."""
