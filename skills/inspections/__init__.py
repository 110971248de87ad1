"""Process checks 过程检查: classes drawn and visited, heads counted, findings that hold the money until two people close them."""
