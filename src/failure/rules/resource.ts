/** Resources of the host that ran out. Watchers stand before the disk: the system uses one errno for both. */
import type { TextPatterns } from '../rule.js';

export const RESOURCE_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'watcher_limit',
    any: [
      /\bSystem limit for number of file watchers reached\b/i,
      /\binotify watch(?:es)? limit\b/i,
      /\bfs\.inotify\.max_user_(?:watches|instances)\b/,
      /\binotify_(?:add_watch|init1?)\b.{0,200}(?:No space left|Too many open files)/i,
    ],
  },
  {
    subcode: 'disk_full',
    any: [
      /\bENOSPC\b/,
      /\bEDQUOT\b/,
      /\bNo space left on device\b/i,
      /\bDisk quota exceeded\b/i,
      /\bThere is not enough space on the disk\b/i,
      /\bERROR_DISK_FULL\b/,
      /\binsufficient disk space\b/i,
      /\bkind: StorageFull\b/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'too_many_open_files',
    any: [/\bEMFILE\b/, /\bENFILE\b/, /\bToo many open files\b/i],
    isGeneric: true,
  },
  {
    subcode: 'out_of_memory',
    any: [
      /\bJavaScript heap out of memory\b/,
      /\bjava\.lang\.OutOfMemoryError\b/,
      /\bOutOfMemoryException\b/,
      /^MemoryError\b/,
      /\bENOMEM\b/,
      /\bCannot allocate memory\b/i,
      /\bcc1plus: out of memory\b|\bc\+\+: fatal error: Killed signal terminated program\b|: fatal error: Killed signal terminated program/,
      /\bvirtual memory exhausted\b/i,
      /\bout of memory(?:$|[,:. ] ?(?:allocating|\(os error)?)/i,
      /\bmemory exhausted$/i,
      /\bmemory allocation of \d+ bytes failed\b/,
      /\bOOMKilled\b/,
      /\bnot enough (?:memory resources|storage is available to process)/i,
    ],
    isGeneric: true,
  },
  {
    subcode: 'process_limit',
    any: [
      /\bfork: (?:retry: )?Resource temporarily unavailable\b/,
      /\b(?:unable to|cannot|can't|failed to) (?:fork|create (?:new )?(?:native )?thread)\b/i,
      /\bpthread_create failed\b/i,
      /\bspawn \S{1,500} EAGAIN\b/,
      /\bfork\b.{0,100}\bEAGAIN\b/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'address_in_use',
    any: [/\bEADDRINUSE\b/, /\bAddress already in use\b/i, /\bport is already allocated\b/i],
    isGeneric: true,
  },
];
