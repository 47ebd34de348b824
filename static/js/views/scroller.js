// Where one is in the messages of a chat: a box that never moves what one reads.

import { Component, html } from '../../vendor/preact/standalone.js';
import { store } from '../store.js';
import { t } from '../text.js';

const NEAR = 80; // pixels from the end that count as being there
const AHEAD = 1.5; // screens from an edge at which what is beyond it is read

const places = new Map(); // by chat: where one was in it
store.listen(({ type }) => type === 'cleared' && places.clear());

/**
 * Keeps its place. While it is at the end it stays there; else the message that one reads stays where it is, whatever
 * comes, goes or grows above it. `goal` is somewhere to go to, once: `{kind: 'seq' | 'end' | 'open'}`.
 */
export class Scroller extends Component {
  sticks = true;
  top = 0;
  reached = null;
  held = null;

  componentDidMount() {
    this.settle(null);
    this.sizes = new ResizeObserver(() => this.settle(this.held));
    this.sizes.observe(this.box);
    this.sizes.observe(this.list);
    document.addEventListener('visibilitychange', this.look);
  }

  componentWillUnmount() {
    this.sizes.disconnect();
    document.removeEventListener('visibilitychange', this.look);
    const [first] = this.held ?? [];
    places.set(this.props.id, first && { seq: Number(first.node.dataset.seq), top: first.top });
  }

  getSnapshotBeforeUpdate() {
    if (!this.box.clientHeight) return this.held;
    if (this.sticks && this.box.scrollTop < this.top - 1) this.measure(); // scrolled since, but not told of it yet
    return this.sticks ? null : this.hold();
  }

  componentDidUpdate(_props, _state, held) {
    this.settle(held);
  }

  below() {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    return scrollHeight - scrollTop - clientHeight;
  }

  measure() {
    this.top = this.box.scrollTop;
    this.sticks = this.props.isWhole && this.below() < NEAR;
  }

  messages = () => this.list.querySelectorAll('[data-seq]');

  /** The first messages that are seen, and where: one of them will still be there after any change. */
  hold() {
    const top = this.box.scrollTop;
    const all = this.messages();
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle].offsetTop + all[middle].offsetHeight > top) high = middle;
      else low = middle + 1;
    }
    return [...all].slice(low, low + 8).map((node) => ({ node, top: node.offsetTop - top }));
  }

  /** Puts things where they belong after a change. */
  settle(held) {
    const { goal } = this.props;
    if (!this.box.clientHeight) return; // on a phone something else is shown in its place
    if (goal !== this.reached && this.goTo(goal)) this.reached = goal;
    else if (this.sticks) this.toEnd();
    else {
      const still = held?.find(({ node }) => node.isConnected);
      const moved = still && still.node.offsetTop - this.box.scrollTop - still.top;
      if (moved) this.box.scrollTop += moved;
    }
    this.look();
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  goTo({ kind, seq }) {
    const { id, isRead } = this.props;
    if (!isRead) return false;
    const find = (number) => this.list.querySelector(`[data-seq="${number}"]`);
    const top = (node, share) => node.offsetTop - Math.max(0, (this.box.clientHeight - node.offsetHeight) * share);
    if (kind === 'seq') {
      const node = find(seq);
      if (!node) return false;
      this.box.scrollTop = top(node, 0.5);
      if (!this.box.contains(document.activeElement)) node.focus({ preventScroll: true });
    } else if (kind === 'open') {
      const line = this.list.querySelector('.new');
      const place = places.get(id);
      const node = place && find(place.seq);
      if (line) this.box.scrollTop = line.offsetTop - 64;
      else if (node) this.box.scrollTop = node.offsetTop - place.top;
      else this.toEnd();
    } else this.toEnd();
    return true;
  }

  /** What follows from where one is. */
  look = () => {
    const { box, props } = this;
    if (!box?.clientHeight) return; // hidden; or gone, since a scroll is told a frame later
    this.measure();
    if (!props.isRead) return;
    this.held = this.sticks ? null : this.hold();
    const isThere = this.reached === props.goal;
    const ahead = box.clientHeight * AHEAD;
    if (isThere && props.hasOlder && box.scrollTop < ahead) props.onOlder();
    if (isThere && !props.isWhole && this.below() < ahead) props.onNewer();
    const seen = document.hidden ? 0 : this.seen();
    props.onLook({ sticks: this.sticks, seen: isThere ? seen : 0, isLate: box.scrollTop > box.scrollHeight / 2 });
  };

  /** The number of the last message that is seen. */
  seen() {
    const all = this.messages();
    const bottom = this.box.scrollTop + this.box.clientHeight + 1;
    for (let at = all.length - 1; at >= 0; at -= 1) {
      const { offsetTop, offsetHeight } = all[at];
      if (offsetTop + Math.min(offsetHeight, 60) <= bottom) return Number(all[at].dataset.seq);
    }
    return 0;
  }

  keys = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const { target } = event;
    if (!step || !(target === this.box || target.matches('article')) || event.altKey || event.metaKey) return;
    const all = [...this.list.querySelectorAll('article')];
    const seen = this.messages();
    const last = [...seen].findLast((node) => node.offsetTop < this.box.scrollTop + this.box.clientHeight);
    const at = target === this.box ? all.indexOf(last) - Math.min(step, 0) : all.indexOf(target);
    const next = all[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  };

  render({ children, isRead, isEmpty, touch }) {
    return html`<div
      class="log"
      role="log"
      aria-label=${t('messages')}
      aria-busy=${String(!isRead)}
      tabindex="0"
      ref=${(node) => (this.box = node)}
      onScroll=${this.look}
      onKeyDown=${this.keys}
      ...${touch}
    >
      <div class=${isEmpty ? 'lines alone' : 'lines'} ref=${(node) => (this.list = node)}>${children}</div>
    </div>`;
  }
}
