"""The nine acts. Each can be played again after a kill: it looks first what is already done."""

from __future__ import annotations

from troth.demo import acts_account, acts_copy, acts_evidence, acts_policy, acts_sign_up
from troth.demo.story import Act

ACTS: tuple[Act, ...] = (
    Act("The policy is checked and published", acts_policy.publish),
    Act("A company with 2,000 customers goes on as before", acts_policy.company),
    Act("A person signs up by phone, leaves the optional fields out and agrees to push messages", acts_sign_up.sign_up),
    Act("The app asks before it acts: allowed, denied, and not spoken of", acts_sign_up.decisions),
    Act("The person asks for a copy of everything", acts_copy.copy),
    Act("They withdraw push: from now on it is denied, the past stays provable", acts_copy.withdraw_push),
    Act("They close the account, think again, and close it for good: nothing is left", acts_account.close),
    Act("The whole story is proved from the signed checkpoint, though the person's key is gone", acts_evidence.verify),
    Act("The promises are rehearsed", acts_evidence.drill),
)
