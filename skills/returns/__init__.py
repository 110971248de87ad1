"""Returns: files that institutions send in, checked by coded rules before anything is written."""
