"""A process that decodes images for another one, with the arguments SIDE [LOW HIGH].

LOW and HIGH may follow: the values of black and white in images of more than 8 bits.

Requests and answers are bytes with their length before them, as `LENGTH` packs it. A request on standard
input is an encoded image. The answer on standard output is its properties and its pixels, uint8 [SIDE, SIDE,
3], or, with a negative length, why it cannot be decoded. The process ends with its input, so it does not
outlive its parent.
"""

import signal
import struct
import sys
from typing import BinaryIO

from mslg_core.errors import BadImageError
from mslg_core.images.decode import decode_and_measure
from mslg_core.images.value_range import ValueRange

LENGTH = struct.Struct("<q")


def serve(requests: BinaryIO, answers: BinaryIO, side: int, values: ValueRange | None) -> None:
    """Answer requests until they end."""
    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        data = requests.read(LENGTH.unpack(head)[0])
        try:
            pixels, properties = decode_and_measure(data, side, values)
        except BadImageError as error:
            reason = str(error).encode()
            answers.write(LENGTH.pack(-len(reason)) + reason)
        else:
            answers.write(LENGTH.pack(properties.nbytes + pixels.nbytes))
            answers.write(properties.tobytes())
            answers.write(pixels.data)
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the input
    limits = tuple(map(float, sys.argv[2:]))
    serve(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]), ValueRange(*limits) if limits else None)
