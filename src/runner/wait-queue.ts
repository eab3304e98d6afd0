/** First in, first out, where any place may be given up: a list whose links lie in what it holds. */
export interface QueueLinks<N> {
  before: N | undefined;
  after: N | undefined;
}

export class WaitQueue<N extends QueueLinks<N>> {
  #first: N | undefined;
  #last: N | undefined;
  #length = 0;

  get first(): N | undefined {
    return this.#first;
  }

  get length(): number {
    return this.#length;
  }

  add(node: N): void {
    node.before = this.#last;
    if (this.#last === undefined) this.#first = node;
    else this.#last.after = node;
    this.#last = node;
    this.#length += 1;
  }

  /** Takes out a node that is in the queue. */
  remove(node: N): void {
    if (node.before === undefined) this.#first = node.after;
    else node.before.after = node.after;
    if (node.after === undefined) this.#last = node.before;
    else node.after.before = node.before;
    node.before = undefined;
    node.after = undefined;
    this.#length -= 1;
  }
}
