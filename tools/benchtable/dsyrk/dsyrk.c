// Times OpenBLAS dsyrk on the rows that the co-moments are fed with: 128 rows
// at a time are copied, a pivot subtracted, and their products added up. The
// output has the form of go test -bench, one operation is one row.
//
// Build: gcc -O3 -march=native dsyrk.c -o dsyrk -lopenblas; usage: dsyrk SECONDS
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 2048, BLOCK = 128 };

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static double uniform(void) { return rand() / (double)RAND_MAX - 0.5; }

// run returns the nanoseconds a row, with or without copying and centring.
static double run(int d, int feed, double seconds) {
	double *rows = malloc(sizeof(double) * ROWS * d), *block = malloc(sizeof(double) * BLOCK * d);
	double *sums = calloc((size_t)d * d, sizeof(double)), *pivot = calloc(d, sizeof(double));
	for (int i = 0; i < ROWS * d; i++) rows[i] = i % d % 7 * 10 + uniform();
	for (int j = 0; j < d; j++) pivot[j] = j % 7 * 10;
	double begin = now(), took = 0;
	long n = 0;
	while (took < seconds) {
		for (int from = 0; from < ROWS; from += BLOCK) {
			const double *at = rows + (size_t)from * d;
			if (feed) {
				for (int i = 0; i < BLOCK; i++)
					for (int j = 0; j < d; j++) block[i * d + j] = at[i * d + j] - pivot[j];
				at = block;
			}
			cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, d, BLOCK, 1.0, at, d, 1.0, sums, d);
		}
		n += ROWS;
		took = now() - begin;
	}
	if (sums[0] == 42) puts("");
	free(rows), free(block), free(sums), free(pivot);
	return took * 1e9 / n;
}

int main(int argc, char **argv) {
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	openblas_set_num_threads(1);
	const int dims[] = {9, 30, 100};
	for (int i = 0; i < 3; i++) {
		printf("BenchmarkDsyrk/d=%d/bare 1 %.2f ns/row\n", dims[i], run(dims[i], 0, seconds));
		printf("BenchmarkDsyrk/d=%d/fed 1 %.2f ns/row\n", dims[i], run(dims[i], 1, seconds));
	}
	return 0;
}
