#ifndef SPAWN_PROGRAM_H
#define SPAWN_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

/// Starts a program in a folder with these words, variables and files; nothing else that is open here goes along, and no
/// signal is blocked or ignored in it. Both lists end with NULL. Returns 0 and the process id, or an error number.
int spawn_program(pid_t *id, const char *folder, char *const words[], char *const variables[],
                  const char *input, const char *output, const char *errors);

/// Opens the controlling side of a new terminal and writes the other side's path; -1 and errno when it cannot.
int open_terminal(char *path, size_t length);

#endif
