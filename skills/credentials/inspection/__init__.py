"""What a file or text is worth that somebody holds in hand: a PDF, a picture, a credential, a code (pure).

`look.inspect` judges it with the public files alone (`trust.Trust`) and, where there is one, the issuer's record.
The server and `skills verify` share every line of it. Nothing fails open, nothing strange is ever canonicalised,
rendered or unpacked, and whatever a stranger sends ends in an `Answer`, never in an exception.
"""
