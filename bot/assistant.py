"""The turn: what happens between a visitor's step and the answer, top to bottom.

    message -> reading -> events -> state -> action -> candidates -> ranked items -> reply

Open this file first. Every stage is given (`Stages`, made in `bot/wiring.py`); nothing here knows a model, a store, a
channel or what a catalogue is about. A sync core of generators: threads are the channels' business.
"""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

CONTEXT_TURNS = 3
MESSAGE_LIMIT = 2_000  #: characters of a message that are read; the rest is cut and the visitor is told
