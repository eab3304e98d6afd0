/* The smallest child there is: no libc, no dynamic loader. What is left of a command's cost is its parent's. */
__attribute__((noreturn, used)) void _start(void) {
#if defined(__x86_64__)
  __asm__ volatile("mov $60, %eax\n\txor %edi, %edi\n\tsyscall");
#elif defined(__aarch64__)
  __asm__ volatile("mov x8, #93\n\tmov x0, #0\n\tsvc #0");
#else
#error "no exit for this machine"
#endif
  __builtin_unreachable();
}
