"""`troth …`: everything an operator does.

Exit codes: 0 done, 2 input to mend, 3 refused by rule, 4 evidence does not verify, 5 the outside world failed.
"""
