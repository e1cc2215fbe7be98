"""The personal data centre: what a person sees and does about their own data."""
