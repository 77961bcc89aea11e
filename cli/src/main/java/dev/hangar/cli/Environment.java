package dev.hangar.cli;

import org.jspecify.annotations.Nullable;

/** What a command is told besides its arguments. */
interface Environment {
  /** One where nothing is set and nobody answers. */
  Environment NONE =
      new Environment() {
        @Override
        public @Nullable String variable(String name) {
          return null;
        }

        @Override
        public @Nullable String ask(String question) {
          return null;
        }
      };

  /** That of this process. */
  Environment PROCESS =
      new Environment() {
        @Override
        public @Nullable String variable(String name) {
          String value = System.getenv(name);
          return value == null || value.isBlank() ? null : value;
        }

        @Override
        public @Nullable String ask(String question) {
          return SecretPrompt.ask(question);
        }
      };

  /** An environment variable; null where it is not set, or blank. */
  @Nullable String variable(String name);

  /** What somebody at the terminal answers, unseen; null where there is no terminal. */
  @Nullable String ask(String question);
}
