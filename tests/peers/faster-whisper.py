"""The same recordings, weights and core through faster-whisper: one thread, one beam, 8 bits.

    faster-whisper.py MODEL_FOLDER LANGUAGE FILE.wav...

Prints one line of JSON: seconds to load and to decode, bytes at its highest, and a text a file.
Started by `omzien voice-bench --peer`; never by a test.
"""

import json
import sys
import time
import wave

import numpy
from faster_whisper import WhisperModel


def samples(path):
    """16 kHz mono sound, from -1 to 1."""
    with wave.open(path) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        frames = sound.readframes(sound.getnframes())
    return numpy.frombuffer(frames, numpy.int16).astype(numpy.float32) / 32768


def highest_memory():
    """Bytes."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main(folder, language, *paths):
    sounds = [samples(path) for path in paths]
    began = time.perf_counter()
    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1)
    loaded = time.perf_counter()
    texts = []
    for sound in sounds:
        segments, _ = model.transcribe(
            sound,
            language=language,
            beam_size=1,
            best_of=1,
            temperature=0.0,
            without_timestamps=True,
            condition_on_previous_text=False,
            vad_filter=False,
        )
        texts.append(" ".join(segment.text.strip() for segment in segments))
    decoded = time.perf_counter()
    figures = {
        "load_s": loaded - began,
        "decode_s": decoded - loaded,
        "memory_bytes": highest_memory(),
        "texts": texts,
    }
    print(json.dumps(figures))


main(*sys.argv[1:])
