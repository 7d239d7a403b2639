"""Every error of the product, grouped by who must act.

    ZhiyinError
    ├── AskerError             the person who wrote can mend it (other wording, shorter text)
    │   └── UsageError         a command called wrongly
    ├── OperatorError          whoever runs the installation must act
    │   ├── SettingsError      the environment or the settings file
    │   ├── RoomError          a data file of knowledge/, guardrails/ or models/ is missing or wrong
    │   ├── ModelFileError     a model file is missing, damaged or not allowed
    │   ├── IndexFault         the search index is missing, locked, damaged or from another embedding model
    │   ├── StateError         the state folder cannot be used (permission, space)
    │   └── RecordsFault       the usage records or their key cannot be used
    └── OurFault               a defect of ours, or a part that broke
        └── GenerationFault    the chat model failed while it wrote

Messages are one line, say what to do, and never quote what a person wrote.
Foreign errors are translated once, in the adapter, with ``from exc``.
"""


class ZhiyinError(Exception):
    """Root of all errors that the product raises on purpose."""


class AskerError(ZhiyinError):
    """The person who wrote can mend it."""


class UsageError(AskerError):
    """A command was called wrongly; exit code 2."""


class OperatorError(ZhiyinError):
    """Whoever runs the installation must act; exit code 2."""


class SettingsError(OperatorError):
    """Environment or settings file; the message lists every fault at once."""


class RoomError(OperatorError):
    """A data file of a room is missing or does not say what it must."""


class ModelFileError(OperatorError):
    """A model file is missing, damaged, or not allowed by the policy."""


class IndexFault(OperatorError):
    """The search index cannot be used as it is."""


class StateError(OperatorError):
    """The state folder cannot be read or written."""


class RecordsFault(OperatorError):
    """The usage records or the installation's key cannot be used as they are."""


class OurFault(ZhiyinError):
    """A defect of ours, or a part that broke while working."""


class GenerationFault(OurFault):
    """The chat model failed while writing; the reply goes without it."""
