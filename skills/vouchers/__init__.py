"""Training vouchers 培训券: batches, who may have one, what it pays for, and the ledger of each."""
