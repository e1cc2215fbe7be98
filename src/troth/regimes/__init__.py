"""The law's figures as data: deadlines, ages, waits and thresholds, each with its source and how sure we are."""

from troth.regimes.load import figure, figures, regime, regimes
from troth.regimes.model import Figure, Regime

__all__ = ["Figure", "Regime", "figure", "figures", "regime", "regimes"]
