"""zhiyin (指引): the assistant Taipei City's staff ask how they may use AI."""

__version__ = "0.1.0"
