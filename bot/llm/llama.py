"""llama-cpp-python behind the port ``ChatModel``: one lane, streaming, stopped at once."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.domain import ModelStamp
from bot.errors import GenerationFault, ModelFileError
from bot.llm.fragments import TokenTable, Transitions
from bot.llm.manifest import ChatManifest
from bot.ports import Prompt


def _token_text(llama: Any, token: int) -> str:
    try:
        return str(llama._model.token_get_text(token))
    except UnicodeDecodeError:
        return ""


def _say_nothing(level: int, text: bytes, data: object) -> None:
    """llama.cpp writes to standard error by itself; what matters reaches us as return codes."""


_SILENT = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(_say_nothing)


class LlamaModel:
    """A GGUF file. Loads at first use; ``write`` holds the lane until its iterator ends or is closed."""

    def __init__(self, manifest: ChatManifest, path: Path, threads: int = 0) -> None:
        self.manifest = manifest
        self._path = path
        self._threads = threads or os.cpu_count() or 1
        self._lane = threading.Lock()
        self._abort = threading.Event()
        self._deadline = float("inf")
        self._cancelled: Callable[[], bool] = bool

    @property
    def stamp(self) -> ModelStamp:
        """Vendor, name and version for the disclosure."""
        return self.manifest.stamp

    @property
    def capabilities(self) -> frozenset[str]:
        """What the model may be asked for."""
        return frozenset(self.manifest.capabilities)

    def load(self) -> None:
        """Loads the file now; ``ModelFileError`` where it cannot be."""
        _ = self._llama

    @cached_property
    def _llama(self) -> Any:
        import llama_cpp

        llama_cpp.llama_log_set(_SILENT, ctypes.c_void_p(None))
        try:
            llama = llama_cpp.Llama(
                model_path=str(self._path),
                n_ctx=self.manifest.context,
                n_threads=self._threads,
                n_threads_batch=self._threads,
                seed=1,
                # The reuse of a common prefix is only right with the full-size cache of sliding-window models.
                swa_full=True,
                verbose=False,
            )
        except (ValueError, OSError, RuntimeError) as exc:
            raise ModelFileError(
                f"無法載入模型檔 {self._path.name}；檔案可能損壞，請執行 zhiyin models verify"
            ) from exc
        self._abort_callback = llama_cpp.ggml_abort_callback(self._should_stop)
        llama_cpp.llama_set_abort_callback(llama.ctx, self._abort_callback, ctypes.c_void_p(None))
        return llama

    def _should_stop(self, _: object) -> bool:
        """Asked by llama.cpp while it computes, so that even a long prompt stops at once."""
        return time.monotonic() > self._deadline or self._cancelled()

    @cached_property
    def _tokens(self) -> TokenTable:
        """The vocabulary as characters; about a third of a second, once."""
        llama = self._llama
        return TokenTable([_token_text(llama, token) for token in range(llama.n_vocab())])

    def _only_pieces(self, prompt: Prompt) -> Callable[[Any, NDArray[np.single]], NDArray[np.single]]:
        """A processor of scores that leaves the tokens that may follow, and the end where a sentence has ended."""
        transitions = Transitions.over(prompt.sources, prompt.joining)
        tokens, firsts, lasts = self._tokens.usable(transitions)
        last_of = dict(zip(tokens.tolist(), lasts.tolist(), strict=True))
        end = self._llama.token_eos()
        full_stop = transitions.index["。"]
        begun = -1

        def process(ids: NDArray[np.intc], scores: NDArray[np.single]) -> NDArray[np.single]:
            nonlocal begun
            begun = len(ids) if begun < 0 else begun
            last = last_of.get(int(ids[-1]), 0) if len(ids) > begun else 0
            kept = tokens[transitions.allowed[last, firsts]]
            only = np.full_like(scores, -np.inf)
            only[kept] = scores[kept]
            if last == full_stop or not len(kept):
                only[end] = max(float(scores[end]), -1e3)
            scores[:] = only
            return scores

        return process

    def forget(self) -> None:
        """Drops what is kept of the prompt before, so that the next one is computed from its first token."""
        with self._lane:
            self._llama.reset()

    def write(self, prompt: Prompt, *, deadline: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        """See ``ChatModel.write``."""
        with self._lane:
            llama = self._llama
            self._deadline, self._cancelled = deadline, cancelled
            try:
                yield from self._pieces(llama, prompt, deadline, cancelled)
            except (RuntimeError, ValueError) as exc:
                if time.monotonic() > deadline or cancelled():
                    return
                raise GenerationFault("模型在寫說明時中斷") from exc
            finally:
                self._deadline, self._cancelled = float("inf"), bool

    def _pieces(self, llama: Any, prompt: Prompt, deadline: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        options: dict[str, Any] = {
            "max_tokens": prompt.max_tokens,
            "temperature": prompt.temperature,
            "seed": prompt.seed,
            "stop": list(prompt.stop),
            "stream": True,
        }
        if prompt.sources:
            import llama_cpp

            options["logits_processor"] = llama_cpp.LogitsProcessorList([self._only_pieces(prompt)])
        if self.manifest.template == "chat" and prompt.messages:
            messages = [{"role": role, "content": content} for role, content in prompt.messages]
            stream = llama.create_chat_completion(messages, **options)
        else:
            stream = llama.create_completion(
                prompt.shared + prompt.own, repeat_penalty=1.15 if prompt.sources else 1.05, **options
            )
        for event in stream:
            if cancelled() or time.monotonic() > deadline:
                return
            choice = event["choices"][0]
            piece = choice.get("text") or choice.get("delta", {}).get("content") or ""
            if piece:
                yield piece


class PlainLlama:
    """The same file through plain llama-cpp-python, nothing reused: what ``zhiyin bench`` sets beside."""

    def __init__(self, path: Path, context: int, threads: int) -> None:
        import llama_cpp

        llama_cpp.llama_log_set(_SILENT, ctypes.c_void_p(None))
        self._llama = llama_cpp.Llama(
            model_path=str(path), n_ctx=context, n_threads=threads or os.cpu_count(), verbose=False
        )

    def write(self, prompt: Prompt) -> tuple[float, float]:
        """Milliseconds to the first token and to the end."""
        self._llama.reset()
        started = time.perf_counter()
        first = 0.0
        for _ in self._llama.create_completion(
            prompt.shared + prompt.own,
            max_tokens=prompt.max_tokens,
            temperature=0.0,
            stop=list(prompt.stop),
            stream=True,
        ):
            first = first or (time.perf_counter() - started) * 1000
        return first, (time.perf_counter() - started) * 1000
