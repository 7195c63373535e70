# Reference values of R's MASS::lda and MASS::qda for package model: posteriors,
# priors, scaling and singular values. Made with R 4.2.2 and MASS 7.3-58.2. Run
# from the root of the repository:
#
#   Rscript tools/reference/classification_mass.R > model/classification/testdata/classification_mass.csv
#
# Columns: set, model, priors, what, row, column, value; posteriors are of the
# rows that classification.py takes (from 0).

suppressMessages(library(MASS))
cat("set,model,priors,what,row,column,value\n")
put <- function(set, model, priors, what, m, rows) {
  m <- as.matrix(m)
  for (i in seq_len(nrow(m))) for (j in seq_len(ncol(m)))
    cat(sprintf("%s,%s,%s,%s,%d,%d,%.17g\n", set, model, priors, what, rows[i], j - 1L, m[i, j]))
}
for (set in list(c("iris", "species"), c("wine", "class"), c("breast_cancer", "diagnosis"))) {
  d <- read.csv(paste0("../shared/data/classic/", set[1], ".csv"))
  y <- factor(d[[set[2]]])
  x <- as.matrix(d[, names(d) != set[2]])
  rows <- seq(0, nrow(x) - 1, max(1, nrow(x) %/% 9))
  for (priors in c("observed", "uniform")) {
    p <- if (priors == "uniform") rep(1 / nlevels(y), nlevels(y)) else as.vector(table(y)) / length(y)
    for (model in c("lda", "qda")) {
      m <- if (model == "lda") lda(x, y, prior = p, tol = 1e-12) else qda(x, y, prior = p)
      put(set[1], model, priors, "prior", t(m$prior), 0)
      put(set[1], model, priors, "posterior", predict(m, x[rows + 1, ])$posterior, rows)
      if (model == "lda") {
        put(set[1], model, priors, "scaling", m$scaling, seq_len(nrow(m$scaling)) - 1L)
        put(set[1], model, priors, "svd", t(m$svd), 0)
      }
    }
  }
}
