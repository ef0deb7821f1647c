package io.tributary.vocabulary;

import java.util.Arrays;

/**
 * A binary heap of pair numbers that knows where each pair stands, so a pair whose rank has changed moves in O(log n)
 * and no outdated entries pile up.
 */
final class PairHeap {
    private static final int ABSENT = -1;

    private final Order order;
    private int[] heap = new int[1 << 10];
    private int[] indexOf = new int[0];
    private int size;

    /** Tells which of two pairs comes first. It must be a total order, or ties would depend on history. */
    @FunctionalInterface
    interface Order {
        boolean isBefore(int pair, int other);
    }

    PairHeap(Order order) {
        this.order = order;
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean contains(int pair) {
        return pair < indexOf.length && indexOf[pair] != ABSENT;
    }

    void add(int pair) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        if (pair >= indexOf.length) {
            int known = indexOf.length;
            indexOf = Arrays.copyOf(indexOf, Math.max(pair + 1, 2 * known));
            Arrays.fill(indexOf, known, indexOf.length, ABSENT);
        }
        siftUp(size++, pair);
    }

    /** Takes the first pair out. */
    int poll() {
        int first = heap[0];
        indexOf[first] = ABSENT;
        size--;
        if (size > 0) {
            siftDown(0, heap[size]);
        }
        return first;
    }

    /** To call when a pair has moved toward the front of the order. */
    void advanced(int pair) {
        siftUp(indexOf[pair], pair);
    }

    /** To call when a pair has moved toward the end of the order. */
    void retreated(int pair) {
        siftDown(indexOf[pair], pair);
    }

    private void siftUp(int start, int pair) {
        int index = start;
        while (index > 0) {
            int parent = (index - 1) / 2;
            if (!order.isBefore(pair, heap[parent])) {
                break;
            }
            put(index, heap[parent]);
            index = parent;
        }
        put(index, pair);
    }

    private void siftDown(int start, int pair) {
        int index = start;
        for (int child = 2 * index + 1; child < size; child = 2 * index + 1) {
            if (child + 1 < size && order.isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!order.isBefore(heap[child], pair)) {
                break;
            }
            put(index, heap[child]);
            index = child;
        }
        put(index, pair);
    }

    private void put(int index, int pair) {
        heap[index] = pair;
        indexOf[pair] = index;
    }
}
