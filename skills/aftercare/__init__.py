"""After-care of certificates: six requests, the holder's hearing, the authority's orders; always two hands."""
