"""Runs the stand-in for AWS until its input ends: it ends with the tests, whatever they end of."""

import os
import signal
import sys
import threading

from ministack.app import main


def end_with_input():
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=end_with_input, daemon=True).start()
main()
