"""Who teaches and where one can be taught: the lecturer pool 师资库 and the public register of training platforms 培养平台."""
