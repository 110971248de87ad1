"""How many faces in front view: `find_faces.py WIDTH HEIGHT`, grey pixels on standard input. Run by build/faces, by nothing else."""

from __future__ import annotations

import sys

import cv2
import numpy


def main() -> None:
    """Print the number. Two sets of features have to see nothing before it is none: each misses some faces."""
    width, height = int(sys.argv[1]), int(sys.argv[2])
    picture = numpy.frombuffer(sys.stdin.buffer.read(width * height), numpy.uint8).reshape(height, width)
    least = width // 4
    found = 0
    for name in ("alt2", "default"):
        features = cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_frontalface_{name}.xml")
        found = len(features.detectMultiScale(picture, 1.05, 4, minSize=(least, least)))
        if found:
            break
    print(found)


if __name__ == "__main__":
    main()
