"""The records of the policy language, one file a subject. Import them from `troth.policy.model`."""
