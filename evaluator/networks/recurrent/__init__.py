"""Recurrent layers: the LSTM and the HyperLSTM, as modules that know nothing of tasks or variants."""

from evaluator.networks.recurrent.hyper_lstm import HyperLSTM, HyperState
from evaluator.networks.recurrent.lstm import LSTM, LSTMState

__all__ = ["LSTM", "HyperLSTM", "HyperState", "LSTMState"]
