#include "engine/timers.h"

namespace custody::engine {

void TimerQueue::Place(TimerNode* node, std::size_t position) {
  heap_[position] = node;
  node->position_ = position;
}

void TimerQueue::SiftUp(std::size_t position) {
  TimerNode* const node = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (heap_[parent]->at_ <= node->at_) break;
    Place(heap_[parent], position);
    position = parent;
  }
  Place(node, position);
}

void TimerQueue::SiftDown(std::size_t position) {
  TimerNode* const node = heap_[position];
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->at_ < heap_[child]->at_) ++child;
    if (node->at_ <= heap_[child]->at_) break;
    Place(heap_[child], position);
    position = child;
  }
  Place(node, position);
}

void TimerQueue::Remove(TimerNode& node) {
  const std::size_t position = node.position_;
  TimerNode* const last = heap_.back();
  heap_.pop_back();
  node.position_ = TimerNode::kNotQueued;
  if (last == &node) return;
  Place(last, position);
  SiftUp(position);
  SiftDown(last->position_);
}

void TimerQueue::Set(TimerNode& node, core::Instant at) {
  if (node.position_ != TimerNode::kNotQueued) {
    if (at == node.at_) return;
    Remove(node);
  }
  node.at_ = at;
  if (at == core::kNever) return;
  heap_.push_back(&node);
  SiftUp(heap_.size() - 1);
}

void TimerQueue::FireDue(core::Instant now) {
  while (!heap_.empty() && heap_.front()->at_ <= now) {
    TimerNode* const node = heap_.front();
    Remove(*node);
    node->at_ = core::kNever;
    node->OnTimer(now);
  }
}

}  // namespace custody::engine
