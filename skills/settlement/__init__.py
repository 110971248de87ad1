"""Settlement 结算: payees' accounts, statements from application to payment, public notice, and money taken back."""
