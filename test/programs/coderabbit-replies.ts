/** What the CodeRabbit CLI writes, in its documented form (version 0.4 and later; text as before). Contents are made up. */

export const REVIEW_EVENTS = `${[
  { type: 'review_context', reviewType: 'all', currentBranch: 'fix', baseBranch: 'main' },
  { type: 'status', phase: 'analyzing', status: 'reviewing' },
  { type: 'heartbeat', status: 'reviewing' },
  {
    ...{ type: 'finding', severity: 'major', fileName: 'src/a.ts', suggestions: ['await save();'] },
    codegenInstructions: 'In `@src/a.ts` around lines 14 - 17, the result is dropped; await it.',
  },
  {
    type: 'finding',
    severity: 'trivial',
    fileName: 'docs/b.md',
    codegenInstructions: '',
    comment: 'A typo.',
    suggestions: [],
  },
  { type: 'complete', status: 'review_completed', findings: 2, message: 'Review completed' },
]
  .map((event) => JSON.stringify(event))
  .join('\n')}\n`;

export const REVIEW_TEXT = `Starting CodeRabbit review in plain text mode...

Connecting to review service
Setting up
Reviewing

============================================================================
File: src/a.ts
Line: 14 to 17
Type: potential_issue

Comment:
The result is dropped.

An error would be lost.

Prompt for AI Agent:
In @src/a.ts around lines 14 - 17, await the call.



============================================================================
File: src/lib/c.ts
Line: 3
Type: nitpick

Prompt for AI Agent:
In @src/lib/c.ts at line 3, shorten the name.


Review completed: 2 findings
`;
