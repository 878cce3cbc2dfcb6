"""Engines that write down speech: faster-whisper in a child process, and the services of Azure and Google."""
